namespace Llumnix.Adapters.Redis;

/// <summary>What a server sent is no reply of Redis, or larger than any that we ask for. The connection is closed.</summary>
public sealed class RedisReplyException(string message) : IOException(message);
