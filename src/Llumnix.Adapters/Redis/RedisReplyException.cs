namespace Llumnix.Adapters.Redis;

/// <summary>A reply is not one of Redis, or larger than any reply that is asked for. The connection is closed.</summary>
public sealed class RedisReplyException(string message) : IOException(message);
