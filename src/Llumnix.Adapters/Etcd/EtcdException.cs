namespace Llumnix.Adapters.Etcd;

/// <summary>etcd does not answer, or refuses. The message says which member and why, without secrets.</summary>
public sealed class EtcdException : Exception
{
    /// <summary>Whether etcd answered and refused: asking another member would not help.</summary>
    public bool IsRefusal { get; internal init; }

    /// <summary>Makes an exception without a message.</summary>
    public EtcdException()
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What went wrong; without secrets.</param>
    public EtcdException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a cause.</summary>
    /// <param name="message">What went wrong; without secrets.</param>
    /// <param name="innerException">The cause; without secrets.</param>
    public EtcdException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
