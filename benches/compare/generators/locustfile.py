"""The same request over and over, and what it took: for the comparison."""

import json
import os
import time

from locust import FastHttpUser, HttpUser, events, task

began = {}


class Fast(FastHttpUser):
    @task
    def ask(self):
        self.client.get("/")


class Plain(HttpUser):
    @task
    def ask(self):
        self.client.get("/")


@events.test_start.add_listener
def note(**_):
    # Loading Python's modules is not what is compared.
    began["cpu"] = os.times()
    began["at"] = time.monotonic()


@events.test_stop.add_listener
def tell(environment, **_):
    cpu = os.times()
    total = environment.stats.total
    print(
        json.dumps(
            {
                "requests": total.num_requests,
                "failures": total.num_failures,
                "seconds": time.monotonic() - began["at"],
                "user_s": cpu.user - began["cpu"].user,
                "system_s": cpu.system - began["cpu"].system,
            }
        ),
        flush=True,
    )
