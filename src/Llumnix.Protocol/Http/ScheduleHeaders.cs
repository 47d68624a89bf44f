namespace Llumnix.Protocol.Http;

/// <summary>Headers of the answers to <c>/schedule</c>.</summary>
public static class ScheduleHeaders
{
    /// <summary>With a 429 of a request that is held: for how many milliseconds after its first question a request is held at most.</summary>
    public const string Hold = "Llumnix-Hold-Ms";
}
