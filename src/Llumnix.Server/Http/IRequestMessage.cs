using System.Buffers;

namespace Llumnix.Server.Http;

/// <summary>The body of a request, read into an object that is reused from request to request.</summary>
internal interface IRequestMessage
{
    /// <summary>What is wrong with the body, for the client; null when nothing is.</summary>
    string? Error { get; set; }

    /// <summary>Makes the message as good as new.</summary>
    void Clear();

    /// <summary>Reads the whole body; what is wrong is in <see cref="Error"/>. Never throws.</summary>
    void Read(in ReadOnlySequence<byte> json);
}
