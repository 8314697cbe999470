CREATE VIRTUAL TABLE articles USING fts5(
    title, body, topic, id UNINDEXED, collection UNINDEXED, tokenize = 'porter unicode61'
);
CREATE TABLE orders (
    id TEXT PRIMARY KEY, customer TEXT NOT NULL, placed_on TEXT NOT NULL, item TEXT NOT NULL,
    total INTEGER NOT NULL, status TEXT NOT NULL, carrier TEXT NOT NULL, tracking TEXT NOT NULL
);
CREATE TABLE invoices (
    number TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders (id), issued_on TEXT NOT NULL,
    due_on TEXT NOT NULL, amount INTEGER NOT NULL, status TEXT NOT NULL
);
CREATE TABLE payments (
    id TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders (id), paid_on TEXT NOT NULL,
    method TEXT NOT NULL, amount INTEGER NOT NULL, status TEXT NOT NULL
);
CREATE TABLE refunds (
    id INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT NOT NULL DEFAULT '', order_id TEXT NOT NULL REFERENCES orders (id),
    amount INTEGER NOT NULL, reason TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT NOT NULL DEFAULT '', title TEXT NOT NULL,
    description TEXT NOT NULL, priority TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'open', created_at TEXT NOT NULL
);
CREATE TABLE services (
    name TEXT PRIMARY KEY, status TEXT NOT NULL, detail TEXT NOT NULL, latency_ms INTEGER NOT NULL
);
CREATE TABLE log_lines (
    id INTEGER PRIMARY KEY, service TEXT NOT NULL REFERENCES services (name), at TEXT NOT NULL,
    level TEXT NOT NULL, message TEXT NOT NULL
);
CREATE TABLE maintenance_windows (
    id INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT NOT NULL DEFAULT '', service TEXT NOT NULL REFERENCES services (name),
    starts_at TEXT NOT NULL, minutes INTEGER NOT NULL, note TEXT NOT NULL DEFAULT ''
);
CREATE TABLE products (
    sku TEXT PRIMARY KEY, name TEXT NOT NULL, in_stock INTEGER NOT NULL, reorder_at INTEGER NOT NULL,
    supplier TEXT NOT NULL, cost INTEGER NOT NULL
);
CREATE TABLE stock_orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT NOT NULL DEFAULT '', sku TEXT NOT NULL REFERENCES products (sku),
    quantity INTEGER NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE replacements (
    id INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT NOT NULL DEFAULT '', order_id TEXT NOT NULL REFERENCES orders (id),
    reason TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE order_notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT NOT NULL DEFAULT '', order_id TEXT NOT NULL REFERENCES orders (id),
    note TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE status_updates (
    id INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT NOT NULL DEFAULT '', service TEXT NOT NULL REFERENCES services (name),
    message TEXT NOT NULL, created_at TEXT NOT NULL
);
