namespace Llumnix.Server.Http;

/// <summary>What is too much in a body, whatever else it holds.</summary>
internal static class BodyBounds
{
    /// <summary>Largest body, in bytes.</summary>
    internal const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Up to here a body is collected and read at once; a larger one is read in pieces as it arrives. In bytes.</summary>
    internal const int MaxBytesAtOnce = 64 * 1024;

    /// <summary>Largest field, or row of a report, in a body that is read in pieces; the token ids are read one by one. In bytes.</summary>
    internal const int MaxFieldBytes = 256 * 1024;

    /// <summary>Longest id, name or address, in bytes of its JSON text.</summary>
    internal const int MaxTextBytes = 512;

    /// <summary>Most token ids of a prompt.</summary>
    internal const int MaxTokenIds = 2 * 1024 * 1024;

    /// <summary>Most instances in the <c>scheduling_result</c> of a release; there are one or two.</summary>
    internal const int MaxResults = 128;

    /// <summary>Most rows of a report: a gateway has no more requests under way.</summary>
    internal const int MaxReportRows = 100_000;
}
