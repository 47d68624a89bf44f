namespace Llumnix.Server.Http;

/// <summary>Bounds on the parts of a body.</summary>
internal static class BodyBounds
{
    /// <summary>Largest body, in bytes.</summary>
    internal const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>What is said of a larger body.</summary>
    internal static string TooLargeText => $"the body is larger than {MaxBytes} bytes";

    /// <summary>Largest body that is buffered and read at once; larger ones are read in pieces as they arrive. In bytes.</summary>
    internal const int MaxBytesAtOnce = 64 * 1024;

    /// <summary>Largest field, or row of a report, in a body that is read in pieces; token ids are read one by one. In bytes.</summary>
    internal const int MaxFieldBytes = 256 * 1024;

    /// <summary>Longest id, name or address, in bytes of its JSON text.</summary>
    internal const int MaxTextBytes = 512;

    /// <summary>Largest number of token ids of a prompt.</summary>
    internal const int MaxTokenIds = 2 * 1024 * 1024;

    /// <summary>Largest number of instances in the <c>scheduling_result</c> of a release; regular ones have one or two.</summary>
    internal const int MaxResults = 128;

    /// <summary>Largest number of <c>excluded_instances</c> of a request.</summary>
    internal const int MaxExcluded = 64;

    /// <summary>Largest number of rows in a report: more than a gateway has active requests.</summary>
    internal const int MaxReportRows = 100_000;
}
