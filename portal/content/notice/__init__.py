"""A notice's folder, read to a Notice: header, text, list, attachments, earlier revisions."""
