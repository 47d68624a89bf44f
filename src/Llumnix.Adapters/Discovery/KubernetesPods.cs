using k8s.Models;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>
/// The pods that match the selector, by uid. A list of all pods is collected beside them and takes their place when it is complete; between lists single
/// pods are put and removed. For one thread at a time.
/// </summary>
/// <param name="options">The default port, and the bound.</param>
/// <param name="skips">Receives the pods that are not usable, once per change.</param>
internal sealed class KubernetesPods(KubernetesDiscoveryOptions options, DiscoverySkips skips)
{
    private Dictionary<string, Entry> _pods = new(StringComparer.Ordinal);
    private Dictionary<string, Entry> _listed = new(StringComparer.Ordinal);
    private bool _isListOverfull;
    private long _sequence;

    /// <summary>Whether pods were turned away for lack of room by the last list or since then.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Begins a list of all pods, in place of one that was not completed.</summary>
    public void BeginList()
    {
        _listed = new Dictionary<string, Entry>(_pods.Count, StringComparer.Ordinal);
        _isListOverfull = false;
    }

    /// <summary>Takes a pod over into the list that has begun.</summary>
    public void List(V1Pod pod)
    {
        if (Read(pod) is var (uid, entry) && !Add(_listed, uid, entry))
        {
            _isListOverfull = true;
        }
    }

    /// <summary>The list is complete: pods that are not in it are gone.</summary>
    public void CompleteList() => (_pods, _listed, IsOverfull) = (_listed, [], _isListOverfull);

    /// <summary>Takes one pod over.</summary>
    /// <returns>Whether that changes the instances.</returns>
    public bool Put(V1Pod pod)
    {
        if (Read(pod) is not var (uid, entry))
        {
            return false;
        }

        DiscoveredInstance? before = _pods.GetValueOrDefault(uid)?.Instance;
        if (Add(_pods, uid, entry))
        {
            return entry.Instance != before;
        }

        IsOverfull = true;
        return false;
    }

    /// <summary>A pod is gone, or does not match the selector any more.</summary>
    /// <returns>Whether that changes the instances.</returns>
    public bool Remove(V1Pod pod) => _pods.Remove(pod.Metadata?.Uid ?? "", out Entry? before) && before.Instance is not null;

    /// <summary>The instances, those that terminate included. Of pods with the same address the one that was created last has it.</summary>
    public List<DiscoveredInstance> Instances() =>
    [
        .. _pods.Values.Where(static pod => pod.Instance is not null)
            .OrderByDescending(static pod => pod.Created)
            .ThenByDescending(static pod => pod.Sequence)
            .Select(static pod => pod.Instance!)
            .DistinctBy(static instance => (instance.Host, instance.Port))
            .Reverse(),
    ];

    private bool Add(Dictionary<string, Entry> pods, string uid, Entry entry)
    {
        if (pods.Count >= options.MaxPods && !pods.ContainsKey(uid))
        {
            return false;
        }

        pods[uid] = entry;
        return true;
    }

    private (string Uid, Entry Entry)? Read(V1Pod pod)
    {
        if (pod.Metadata?.Uid is not { Length: > 0 } uid || pod.Metadata.Name is not { Length: > 0 } name)
        {
            return null;
        }

        Entry? before = _pods.GetValueOrDefault(uid);
        DiscoveredInstance? instance = KubernetesPod.Read(pod, options.Port, before?.Instance is not null, out DiscoverySkipReason? problem);
        if (problem is { } reason && problem != before?.Problem)
        {
            skips.Tell(name, reason);
        }

        // All times of creation are those of the server's one clock.
        return (uid, new Entry(instance, problem, pod.Metadata.CreationTimestamp, before?.Sequence ?? _sequence++));
    }

    private sealed record Entry(DiscoveredInstance? Instance, DiscoverySkipReason? Problem, DateTime? Created, long Sequence);
}
