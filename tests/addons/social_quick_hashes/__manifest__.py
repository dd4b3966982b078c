{
    "name": "Quick Hashes of Passwords for Tests",
    "summary": "A log-in takes milliseconds; loaded by servers of tests alone",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Social Token Manager contributors",
    "license": "LGPL-3",
    "depends": ["base"],
    "installable": True,
}
