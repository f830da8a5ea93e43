"""Webhooks: endpoints that organisations subscribe, messages for them, and their signed delivery.

`endpoints` and `messages` hold the verbs, `delivery` the attempt itself, `notices` the messages about
finished jobs. What goes over the network goes through the transport that WEBHOOK_TRANSPORT names.
"""
