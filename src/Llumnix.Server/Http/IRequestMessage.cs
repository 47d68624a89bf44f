namespace Llumnix.Server.Http;

/// <summary>The body of a request, read into an object that is reused from request to request.</summary>
internal interface IRequestMessage
{
    /// <summary>What is wrong with the body, for the client; null when nothing is.</summary>
    string? Error { get; set; }

    /// <summary>Memory that what has been read takes, in bytes; about.</summary>
    long HeldBytes { get; }

    /// <summary>Makes the message as good as new.</summary>
    void Clear();

    /// <summary>
    /// Reads a body, or the next piece of a large one, so that neither all of it has to be held nor anybody has to wait while it is read. The
    /// message must be clear before the first piece; what is wrong is in <see cref="Error"/>, and then no further piece is read. Never throws.
    /// </summary>
    /// <param name="json">What has arrived, from the first byte on that is not done with.</param>
    /// <param name="isLast">Whether the body ends with it.</param>
    /// <returns>How many bytes are done with.</returns>
    int Read(ReadOnlySpan<byte> json, bool isLast);
}
