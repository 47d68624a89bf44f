namespace Llumnix.Scheduling.PrefixCache;

/// <summary>The KV metadata service does not answer, or answers with an error. The message has no secrets.</summary>
public sealed class KvMetadataException : Exception
{
    /// <summary>Makes an exception without a message.</summary>
    public KvMetadataException()
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">The error, without secrets.</param>
    public KvMetadataException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a cause.</summary>
    /// <param name="message">The error, without secrets.</param>
    /// <param name="innerException">The cause.</param>
    public KvMetadataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
