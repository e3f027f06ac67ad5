"""HTTP servers with the deadlines that aiohttp leaves out, and one form of error."""
