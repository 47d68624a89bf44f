namespace Llumnix.Adapters.Leases;

/// <summary>What the candidates for a lease know from each other without the store.</summary>
public interface ILeasePeers
{
    /// <summary>Whether no other candidate reaches the store either, as far as each has said lately. True when there is none.</summary>
    bool HaveAllLostTheStore();

    /// <summary>Asks the last known holder whether it still leads, in a bounded time.</summary>
    /// <param name="holder">The last known holder.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>False when it does not lead, or does not answer.</returns>
    Task<bool> IsStillLeadingAsync(LeaseRecord holder, CancellationToken cancellationToken);
}
