namespace Llumnix.Scheduling.Rescheduling;

/// <summary>The rescheduling policies' names in configuration and towards llumlets.</summary>
public static class ReschedulingPolicyNames
{
    internal const string DecodeLoad = "decode_load";
    internal const string NeutralLoad = "neutral_load";
    internal const string PrefillFailover = "prefill_failover";
    internal const string DecodeFailover = "decode_failover";
    internal const string NeutralFailover = "neutral_failover";
    internal const string BinPackingMitigation = "binpacking_mitigation";
    internal const string BinPackingConsolidation = "binpacking_consolidation";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        DecodeLoad, NeutralLoad, PrefillFailover, DecodeFailover, NeutralFailover, BinPackingMitigation, BinPackingConsolidation,
    ];
}
