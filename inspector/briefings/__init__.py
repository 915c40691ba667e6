"""What a sub-branch brings to its monthly service analysis meeting (服务专题分析会)."""
