"""The servers: what each is, where it runs, what it needs, and how it is started, watched and kept from harm."""
