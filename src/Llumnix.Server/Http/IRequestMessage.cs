namespace Llumnix.Server.Http;

/// <summary>The parsed body of a request; the object is reused.</summary>
internal interface IRequestMessage
{
    /// <summary>The problem of the body, as the client is told; null when there is none.</summary>
    string? Error { get; set; }

    /// <summary>Approximate memory of the parsed values, in bytes.</summary>
    long ParsedBytes { get; }

    /// <summary>Resets the message for the next request.</summary>
    void Clear();

    /// <summary>
    /// Parses a body, or the next piece of a large one, so that a large body is never buffered whole and never blocks others while it is parsed. The
    /// message must be cleared before the first piece. A problem is put into <see cref="Error"/>, after which no further piece is parsed. Never
    /// throws.
    /// </summary>
    /// <param name="json">The received bytes, from the first unconsumed one on.</param>
    /// <param name="isLast">Whether these are the last bytes of the body.</param>
    /// <returns>Number of consumed bytes.</returns>
    int Read(ReadOnlySpan<byte> json, bool isLast);
}
