"""Non-interference: two databases that differ in what is hidden alone give the same answers."""
