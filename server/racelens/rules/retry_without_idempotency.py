"""RL607: a retried call that may be done twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import is_decorated
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.store_windows import retried_effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(
    code="RL607", severity=Severity.WARNING, since="0.2.0", concerns=is_decorated, enabled=False
)
def retry_without_idempotency(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Services are asked again when they fail to answer, with no key that says so.

    ## Why this is a bug

    A request that times out may have been carried out: only its answer is missing. The second try
    does it once more, and the customer pays twice.

    ## Example

    ```python
    import httpx
    from tenacity import retry


    @retry
    async def pay(client: httpx.AsyncClient, order: dict) -> None:
        await client.post("/payments", json=order)
    ```

    ## Use instead

    ```python
    import httpx
    from tenacity import retry


    @retry
    async def pay(client: httpx.AsyncClient, order: dict) -> None:
        key = {"Idempotency-Key": order["id"]}
        await client.post("/payments", json=order, headers=key)
    ```

    ## Not reported

    Requests with `headers`, which may have a key; `DELETE`, which may be repeated; services without
    a row in the tables.

    ## References

    - https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
    - https://tenacity.readthedocs.io/en/latest/
    """
    for access in retried_effects(program, function):
        yield at(
            program,
            function,
            access.node,
            f"`{access.call.label}()` may be carried out twice: the function is called again when"
            " it fails, and no key tells the service that it is the same request",
            harm="duplicated effect",
            confidence=Confidence.LIKELY,
        )
