"""Quarry on one machine: embedded PostgreSQL and Valkey, the web, the workers, the clock.

commands    what `run.py demo|up|test|manage` do
servers     joins the running embedded servers, or starts a keeper for them
keeper      the process that owns the servers: starts, restarts and stops them
postgres    PostgreSQL from its wheel; `unprivileged` holds what it needs when root starts it
valkey      Valkey from its wheel
supervisor  restarts dead children, gives up when they die too often
process     children that die with their parent
home        what QUARRY_HOME contains
"""
