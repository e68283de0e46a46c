"""A run of the bench of verdicts, read from the scenario that Swarmdeck gets.

Criteria become the exit code, as a test of Locust would have it.
"""

import json
import os
import re
from random import choices, expovariate

import gevent
from locust import (
    FastHttpUser,
    LoadTestShape,
    between,
    constant,
    constant_pacing,
    constant_throughput,
    events,
    task,
)
from locust.exception import StopUser

with open(os.environ["SCENARIO"]) as file:
    SCENARIO = json.load(file)
LOAD = SCENARIO["load"]
CLASS = SCENARIO["user_classes"]["Bench"]
CLOSES = SCENARIO.get("http", {}).get("connections") == "close"
TASKS = list(CLASS["tasks"].values())
LEFT = {"tasks": LOAD.get("iterations")}


def seconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(ms|s|/s)", text).groups()
    return float(number) / 1000 if unit == "ms" else float(number)


def wait_time(wait):
    if wait == "none":
        return constant(0)
    if isinstance(wait, str):
        return constant(seconds(wait))
    [(kind, value)] = wait.items()
    if kind == "between":
        return between(seconds(value[0]), seconds(value[1]))
    if kind == "pacing":
        return constant_pacing(seconds(value))
    if kind == "throughput":
        return constant_throughput(seconds(value))
    return lambda user: expovariate(seconds(value))


def end(runner):
    if not LEFT.get("ended"):
        LEFT["ended"] = True
        # A user that waits for all users to end would wait for itself.
        gevent.spawn(runner.quit)


class Bench(FastHttpUser):
    wait_time = wait_time(CLASS["wait"])

    def on_start(self):
        self.token = "none"
        for step in CLASS.get("on_start", []):
            with self.client.post(
                step["post"], json=step["json"], catch_response=True
            ) as answer:
                if answer.status_code != 200:
                    answer.failure(f"status {answer.status_code}")
                    raise StopUser()
                self.token = answer.json()["token"]

    @task
    def any_task(self):
        if LEFT["tasks"] is not None:
            if LEFT["tasks"] <= 0:
                end(self.environment.runner)
                raise StopUser()
            LEFT["tasks"] -= 1
        chosen = choices(TASKS, [one["weight"] for one in TASKS])[0]
        for step in chosen["steps"]:
            if "think" not in step:
                self.ask(step)

    def ask(self, step):
        method = "post" if "post" in step else "get"
        headers = {
            name: value.replace("{{ token }}", self.token)
            for name, value in step.get("headers", {}).items()
        }
        if CLOSES:
            headers["Connection"] = "close"
        name = step.get("name", step[method].split("?")[0])
        wanted = step.get("expect", {}).get("status")
        with self.client.request(
            method.upper(),
            step[method],
            name=name,
            json=step.get("json"),
            headers=headers,
            catch_response=True,
        ) as answer:
            if wanted is not None:
                if answer.status_code in wanted:
                    answer.success()
                else:
                    answer.failure(f"status {answer.status_code}")


if "stages" in LOAD:

    class Stages(LoadTestShape):
        def tick(self):
            now, begun, users = self.get_run_time(), 0.0, 0
            for stage in LOAD["stages"]:
                over, goal = seconds(stage["over"]), stage["users"]
                if now < begun + over:
                    part = (now - begun) / over
                    return round(users + (goal - users) * part), 1000
                begun, users = begun + over, goal
            return None


def holds(criterion, stats):
    metric, operator, value = criterion.split()
    total = stats.total
    if metric == "success":
        return 1 - total.fail_ratio >= float(value.rstrip("%")) / 100
    if metric == "rps":
        return total.total_rps >= float(value)
    quantile = float(metric.rpartition("p")[2]) / 100
    return total.get_response_time_percentile(quantile) < seconds(value) * 1000


@events.quitting.add_listener
def judge(environment, **_):
    criteria = SCENARIO.get("criteria")
    if criteria:
        met = all(holds(criterion, environment.stats) for criterion in criteria)
        environment.process_exit_code = 0 if met else 1
