"""What a referral is, what may become of it, what may be shared about it, and what that adds up to."""
