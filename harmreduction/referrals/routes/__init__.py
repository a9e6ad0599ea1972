"""The pages of referrals: make one, whom to call today, follow up, share with a partner, figures."""
