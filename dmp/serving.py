"""How gunicorn serves the site: `gunicorn -c python:dmp.serving`, on one machine as in compose."""

from __future__ import annotations

from dmp import environment


wsgi_app = "dmp.wsgi:application"
worker_class = "gthread"
workers = environment.number("DMP_WEB_WORKERS", 2, low=1, high=64)
threads = environment.number("DMP_WEB_THREADS", 4, low=1, high=64)
# One copy of the code for all workers, and a wrong setting is said once.
preload_app = True
# What a page that has begun may still take; docker-compose waits longer before it kills.
graceful_timeout = 20
# Who may say, by X-Forwarded-Proto, that the person's browser speaks https.
forwarded_allow_ips = environment.text("DMP_PROXY", "127.0.0.1,::1")
control_socket_disable = True
accesslog = "-"
errorlog = "-"
loglevel = environment.log_level().lower()
# Method, path without its query, status, bytes, milliseconds. Not who asked: the journal says it.
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms [%({x-request-id}o)s]"
