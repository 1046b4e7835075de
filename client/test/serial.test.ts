import assert from "node:assert/strict";
import { test } from "node:test";
import { SerialWork, withinTime } from "../src/serial";

/** Work that ends when the test says so; `ends` holds one entry for each run that began. */
function controlledWork(): { ends: (() => void)[]; work: () => Promise<void> } {
  const ends: (() => void)[] = [];
  return { ends, work: () => new Promise((resolve) => ends.push(resolve)) };
}

test("requests that come while work runs make it run once more, afterwards", async () => {
  const { ends, work } = controlledWork();
  const serial = new SerialWork(work);
  const first = serial.request();
  const second = serial.request();
  const third = serial.request();
  assert.equal(ends.length, 1);
  ends[0]?.();
  await first;
  assert.equal(second, third);
  assert.equal(ends.length, 2);
  ends[1]?.();
  await Promise.all([second, third]);
  assert.equal(ends.length, 2);
});

test("a request that comes while the second run is going makes a third", async () => {
  const { ends, work } = controlledWork();
  const serial = new SerialWork(work);
  const first = serial.request();
  const second = serial.request();
  ends[0]?.();
  await first;
  const third = serial.request();
  assert.equal(ends.length, 2);
  ends[1]?.();
  await second;
  assert.equal(ends.length, 3);
  ends[2]?.();
  await third;
});

test("a run that fails fails its own request only", async () => {
  let runs = 0;
  const serial = new SerialWork(() => {
    runs += 1;
    return runs === 1 ? Promise.reject(new Error("no")) : Promise.resolve();
  });
  const first = serial.request();
  const second = serial.request();
  await assert.rejects(first, /no/);
  await second;
  await serial.request();
  assert.equal(runs, 3);
});

test("work that takes too long is given up with a message", async () => {
  await assert.rejects(withinTime(new Promise(() => undefined), 1, "too long"), /too long/);
  assert.equal(await withinTime(Promise.resolve(7), 60_000, "too long"), 7);
});
