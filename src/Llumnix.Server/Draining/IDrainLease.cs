namespace Llumnix.Server.Draining;

/// <summary>What the keeping of drains needs to know of the scheduler's lease. For any threads.</summary>
internal interface IDrainLease
{
    /// <summary>The lease's name.</summary>
    string Name { get; }

    /// <summary>The epoch of the own lease; null while another replica leads or none does.</summary>
    long? LeadingEpoch { get; }

    /// <summary>Completes when the leader changes. To be read before <see cref="LeadingEpoch"/>.</summary>
    Task NextChange { get; }
}
