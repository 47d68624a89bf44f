namespace Llumnix.Adapters.Leases;

/// <summary>The store of leases does not answer, or refuses. The message says where and why, without secrets.</summary>
public sealed class LeaseStoreException : Exception
{
    /// <summary>Makes an exception without a message.</summary>
    public LeaseStoreException()
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What went wrong; without secrets.</param>
    public LeaseStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a cause.</summary>
    /// <param name="message">What went wrong; without secrets.</param>
    /// <param name="innerException">The cause; without secrets.</param>
    public LeaseStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
