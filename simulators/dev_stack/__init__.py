"""What a development machine runs beside the services: a private broker and free ports."""
