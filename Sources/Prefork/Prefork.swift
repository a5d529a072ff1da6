// Prefork
