import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds, makePlan, meshes, quiet, scenario } from "./plan.mjs";

const seeds = [1, 2, 3, 40, 500];

test("the same seed makes the same plan, another one another", () => {
  assert.deepEqual(makePlan({ seed: 7, seconds: 600 }), makePlan({ seed: 7, seconds: 600 }));
  assert.notDeepEqual(makePlan({ seed: 7, seconds: 600 }), makePlan({ seed: 8, seconds: 600 }));
});

test("a minute has each kind of fault", () => {
  for (const seed of seeds) {
    const { faults } = makePlan({ seed, seconds: 60 });
    const had = new Set(faults.map(({ kind }) => kind));
    assert.deepEqual(
      Object.keys(kinds).filter((kind) => !had.has(kind)),
      [],
      `seed ${seed}`,
    );
  }
});

test("the gateway is killed in the first third alone, so that a long life follows", () => {
  for (const seed of seeds) {
    const { faults } = makePlan({ seed, seconds: 3600 });
    const kills = faults.filter(({ kind }) => kind === "kill gateway");
    assert.ok(kills.length >= 2, `seed ${seed}: ${kills.length}`);
    assert.ok(kills.every(({ at }) => at <= 1200));
  }
});

test("faults come in order, after a quiet beginning and before a quiet end", () => {
  for (const seconds of [60, 300, 3600])
    for (const seed of seeds) {
      const { faults } = makePlan({ seed, seconds });
      const { before, after } = quiet(seconds);
      assert.ok(faults[0].at >= before);
      const ends = faults.map(({ at, seconds: lasts }) => at + lasts);
      assert.ok(Math.max(...ends) <= seconds - after + 60, `${Math.max(...ends)} of ${seconds}`);
      for (const [i, { at }] of faults.entries()) if (i > 0) assert.ok(at > faults[i - 1].at);
    }
});

test("a disk is full for longer than the ring of events holds every other time", () => {
  const full = makePlan({ seed: 1, seconds: 3600 }).faults.filter(
    ({ kind }) => kind === "full disk",
  );
  assert.ok(full.some(({ seconds }) => seconds === 60));
  assert.ok(full.some(({ seconds }) => seconds < 10));
});

test("what a root does of a plan is in the scenario of its mesh alone, a step each", () => {
  const plan = makePlan({ seed: 1, seconds: 3600 });
  const steps = (mesh) => scenario(plan, mesh).match(/^do = .*$/gm);
  const ofRoots = [
    "unplug",
    "power-cycle",
    "reset",
    "stall",
    "flip",
    "garbage",
    "truncate",
    "log-inside",
  ];
  for (const mesh of meshes) {
    const planned = plan.faults.filter((each) => each.mesh === mesh && ofRoots.includes(each.kind));
    assert.deepEqual(
      steps(mesh),
      planned.map(({ kind }) => `do = "${kind}"`),
    );
    assert.ok(planned.length <= 256); // what a scenario may have
  }
});
