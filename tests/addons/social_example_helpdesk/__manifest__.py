{
    "name": "Social Example: Helpdesk",
    "summary": "How another addon works with a social profile",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Social Token Manager contributors",
    "license": "LGPL-3",
    "depends": ["social_token_manager"],
    "data": ["security/ir.model.access.csv", "data/ir_cron_data.xml"],
}
