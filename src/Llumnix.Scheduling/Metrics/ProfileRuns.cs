using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Scheduling.Metrics;

/// <summary>
/// Which tables describe the instances in the slots, as runs: groups of as many slots as are computed at a time, one after the other, that the same tables
/// describe. The view has slots of the same tables beside each other, so that runs are few and long.
/// </summary>
/// <param name="predictor">Knows the tables.</param>
/// <param name="slots">Number of slots.</param>
internal sealed class ProfileRuns(LatencyPredictor predictor, int slots)
{
    private const int Lanes = MetricColumns<FullModeInstance>.Lanes;

    private readonly LatencyProfile?[] _profiles = new LatencyProfile?[MetricColumns<FullModeInstance>.LengthFor(slots)];

    /// <summary>The tables of each group; null where they differ.</summary>
    private readonly LatencyProfile?[] _ofGroups = new LatencyProfile?[MetricColumns<FullModeInstance>.LengthFor(slots) / Lanes];

    /// <summary>The end of the run that each group is in, exclusive.</summary>
    private readonly int[] _ends = new int[MetricColumns<FullModeInstance>.LengthFor(slots) / Lanes];
    private bool _isCurrent;

    /// <summary>Takes over an instance's tables.</summary>
    /// <returns>The tables.</returns>
    public LatencyProfile Refresh(FullModeInstance instance)
    {
        LatencyProfile profile = predictor.ProfileOf(instance);
        if (!ReferenceEquals(_profiles[instance.Slot], profile))
        {
            _profiles[instance.Slot] = profile;
            _isCurrent = false;
        }

        return profile;
    }

    /// <summary>The run that a group is in.</summary>
    /// <param name="group">The group.</param>
    /// <param name="profile">Its tables; null where they differ within the groups.</param>
    /// <returns>The end of the run, exclusive.</returns>
    public int EndOf(int group, out LatencyProfile? profile)
    {
        if (!_isCurrent)
        {
            FindRuns();
        }

        profile = _ofGroups[group];
        return _ends[group];
    }

    private void FindRuns()
    {
        for (int group = _ofGroups.Length - 1; group >= 0; group--)
        {
            _ofGroups[group] = SharedBy(_profiles.AsSpan(group * Lanes, Lanes));
            bool isContinued = group + 1 < _ends.Length && ReferenceEquals(_ofGroups[group], _ofGroups[group + 1]);
            _ends[group] = isContinued ? _ends[group + 1] : group + 1;
        }

        _isCurrent = true;
    }

    /// <summary>The tables of some slots, those without an instance aside; null where they differ.</summary>
    private static LatencyProfile? SharedBy(ReadOnlySpan<LatencyProfile?> profiles)
    {
        LatencyProfile? shared = null;
        foreach (LatencyProfile? profile in profiles)
        {
            if (profile is not null && shared is not null && !ReferenceEquals(profile, shared))
            {
                return null;
            }

            shared ??= profile;
        }

        return shared;
    }
}
