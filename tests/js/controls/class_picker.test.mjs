import assert from "node:assert/strict";
import { test } from "node:test";

import { choiceWords, classWords, without } from "../../../static/controls/class_picker.js";

const tasks = [{ name: "browse", weight: 3 }, { name: "buy", weight: 1 }];
const scenario = {
  id: "shop",
  users: 7,
  spawn_rate: 2,
  classes: [
    { name: "Shopper", population: "weight 3", tasks },
    { name: "Clerk", population: "weight 1", tasks: [{ name: "file", weight: 1 }] },
    { name: "Robot", population: "always 2", tasks: [] },
  ],
  plans: [{ of: "starts", classes: ["Clerk", "Robot"], max_users: 9, t_s: [0], value: [5] }],
};

test("a scenario without some classes has their plans no more", () => {
  assert.equal(without(scenario, new Set()), scenario);
  assert.equal(without(null, new Set(["Clerk"])), null);
  const shopper = without(scenario, new Set(["Clerk", "Robot"]));
  assert.deepEqual([shopper.plans, shopper.users, shopper.spawn_rate], [[], 7, 2]);
  const robot = without(scenario, new Set(["Clerk", "Shopper"]));
  assert.deepEqual(robot.plans[0].classes, ["Robot"]);
  assert.deepEqual([robot.users, robot.spawn_rate], [null, null]);
  assert.equal(without(scenario, new Set(["Clerk", "Shopper", "Robot"])), scenario);
});

test("a choice and a class are told in words", () => {
  assert.deepEqual([choiceWords(3, 3), choiceWords(3, 1), choiceWords(3, 0)], ["all 3", "1 of 3", "none"]);
  assert.equal(classWords(scenario.classes[0], scenario.plans), "weight 3 · browse, buy");
  assert.equal(
    classWords(scenario.classes[1], scenario.plans),
    "5 task starts/s, up to 9 users · weight 1 · file",
  );
  const alone = [{ ...scenario.plans[0], classes: ["Clerk"] }];
  assert.equal(classWords(scenario.classes[1], alone), "5 task starts/s, up to 9 users · file");
});
