-- Opens a file with the server, waits for its findings, applies one fix and saves.
-- In the environment: RACELENS_FILE, RACELENS_COMMAND (JSON), RACELENS_FIX (a title), RACELENS_RESULT.
-- What was seen goes to RACELENS_RESULT as JSON. Exits with 1 where anything fails.

local WAIT_MS = 30000

local function wait_until(what, predicate)
  if not vim.wait(WAIT_MS, predicate, 20) then
    error("waited in vain: " .. what)
  end
end

local function findings()
  local seen = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    table.insert(seen, {
      line = diagnostic.lnum,
      column = diagnostic.col,
      source = diagnostic.source,
      message = diagnostic.message,
      code = diagnostic.user_data and diagnostic.user_data.lsp and diagnostic.user_data.lsp.code,
    })
  end
  return seen
end

-- The questions that the editor's own code action menu asks.
local function actions_at(line, diagnostics)
  vim.api.nvim_win_set_cursor(0, { line + 1, 0 })
  local params = vim.lsp.util.make_range_params()
  params.range["end"].character = #vim.api.nvim_get_current_line()
  params.context = { diagnostics = diagnostics }
  local answers = assert(vim.lsp.buf_request_sync(0, "textDocument/codeAction", params, WAIT_MS))
  local actions = {}
  for _, answer in pairs(answers) do
    assert(not answer.error, vim.inspect(answer.error))
    vim.list_extend(actions, answer.result or {})
  end
  return actions
end

local function resolved(action, client)
  if action.edit then
    return action
  end
  local answers = assert(vim.lsp.buf_request_sync(0, "codeAction/resolve", action, WAIT_MS))
  return assert(answers[client.id].result)
end

local function run()
  local published = {}
  local publish = vim.lsp.handlers["textDocument/publishDiagnostics"]
  vim.lsp.handlers["textDocument/publishDiagnostics"] = function(problem, result, ...)
    published = result.diagnostics
    return publish(problem, result, ...)
  end
  local file = os.getenv("RACELENS_FILE")
  vim.cmd("edit " .. vim.fn.fnameescape(file))
  local id = vim.lsp.start_client({
    name = "racelens",
    cmd = vim.fn.json_decode(os.getenv("RACELENS_COMMAND")),
    root_dir = vim.fn.fnamemodify(file, ":h"),
  })
  local client = vim.lsp.get_client_by_id(id)
  vim.lsp.buf_attach_client(0, id)
  wait_until("a finding", function() return #vim.diagnostic.get(0) > 0 end)
  local before = findings()

  local titles, chosen = {}, nil
  for _, action in ipairs(actions_at(before[1].line, published)) do
    table.insert(titles, action.title)
    if action.title == os.getenv("RACELENS_FIX") then
      chosen = action
    end
  end
  assert(chosen, "no such fix among " .. vim.inspect(titles))
  vim.lsp.util.apply_workspace_edit(resolved(chosen, client).edit, client.offset_encoding)
  wait_until("no finding", function() return #vim.diagnostic.get(0) == 0 end)
  vim.cmd("write")
  vim.lsp.stop_client(id)
  wait_until("the server's end", function() return vim.lsp.get_client_by_id(id) == nil end)
  return { before = before, actions = titles }
end

local succeeded, result = xpcall(run, debug.traceback)
if not succeeded then
  io.stderr:write(result .. "\n")
  vim.cmd("cquit")
end
vim.fn.writefile({ vim.fn.json_encode(result) }, os.getenv("RACELENS_RESULT"))
vim.cmd("qa!")
