namespace Llumnix.Server.Draining;

/// <summary>What becomes of drains, a record per kind, so that each has a limit of its own.</summary>
internal static partial class DrainLog
{
    [LoggerMessage(LogLevel.Information, "The drain of {What} has begun; instances that get no new requests: {Instances}; requests left there: {Requests}")]
    internal static partial void Begun(ILogger logger, string what, int instances, long requests);

    [LoggerMessage(LogLevel.Information, "The drain of {What} is done; instances on which nothing is left and which can be taken away: {Instances}")]
    internal static partial void Done(ILogger logger, string what, int instances);

    [LoggerMessage(LogLevel.Information, "The drain of {What} is over: it was undone, or its engine is another process now")]
    internal static partial void Over(ILogger logger, string what);

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    internal static partial void All(ILogger logger, string warning);

    [LoggerMessage(LogLevel.Information, "Not all instances are being drained any more")]
    internal static partial void NoLongerAll(ILogger logger);
}
