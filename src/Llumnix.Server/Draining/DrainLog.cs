namespace Llumnix.Server.Draining;

/// <summary>What becomes of drains, a record per kind, so that each has a limit of its own.</summary>
internal static partial class DrainLog
{
    [LoggerMessage(LogLevel.Information, "The drain of {What} has begun: {Instances} no new requests, {Requests} left there")]
    internal static partial void Begun(ILogger logger, string what, string instances, string requests);

    [LoggerMessage(LogLevel.Information, "The drain of {What} is done: nothing is left on its {Instances}, which can be taken away")]
    internal static partial void Done(ILogger logger, string what, string instances);

    [LoggerMessage(LogLevel.Information, "The drain of {What} is over: it was undone, or its engine is another process now")]
    internal static partial void Over(ILogger logger, string what);

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    internal static partial void All(ILogger logger, string warning);

    [LoggerMessage(LogLevel.Information, "Not all instances are being drained any more")]
    internal static partial void NoLongerAll(ILogger logger);
}
