using k8s.Models;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>
/// The pods that match the selector, by uid. A list of all pods is collected beside them and takes their place when it is complete; between lists single
/// pods are put and removed. For one thread at a time.
/// </summary>
/// <remarks>
/// When no pod of a role is ready any more, those of them that were ready a while ago are its instances: a fault of the API server or of the kubelets takes the
/// condition Ready from all pods, while their engines go on.
/// </remarks>
/// <param name="options">The default port, and the bounds.</param>
/// <param name="skips">Receives the pods that are not usable, once per change.</param>
/// <param name="time">How long ago a pod was ready.</param>
internal sealed class KubernetesPods(KubernetesDiscoveryOptions options, DiscoverySkips skips, TimeProvider time)
{
    private Dictionary<string, Entry> _pods = new(StringComparer.Ordinal);
    private Dictionary<string, Entry> _listed = new(StringComparer.Ordinal);
    private bool _isListOverfull;
    private long _sequence;

    /// <summary>Whether pods were turned away for lack of room by the last list or since then.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Instances of the last <see cref="Instances"/> whose pods are not ready, for lack of others of their role.</summary>
    public int LastResorts { get; private set; }

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

        Entry? before = _pods.GetValueOrDefault(uid);
        if (Add(_pods, uid, entry))
        {
            return entry.Instance != before?.Instance || entry.Unready != before?.Unready;
        }

        IsOverfull = true;
        return false;
    }

    /// <summary>A pod is gone, or does not match the selector any more.</summary>
    /// <returns>Whether that changes the instances.</returns>
    public bool Remove(V1Pod pod) => _pods.Remove(pod.Metadata?.Uid ?? "", out Entry? before) && (before.Instance ?? before.Unready) is not null;

    /// <summary>Forgets pods that were ready too long ago to be a last resort.</summary>
    /// <returns>Whether there were any.</returns>
    public bool ForgetUnready()
    {
        string[] old = [.. _pods.Where(pod => pod.Value.Unready is not null && IsOld(pod.Value)).Select(static pod => pod.Key)];
        foreach (string uid in old)
        {
            _pods[uid] = _pods[uid] with { Unready = null };
        }

        return old.Length > 0;
    }

    /// <summary>The instances, those that terminate included. Of pods with the same address the one that was created last has it.</summary>
    public List<DiscoveredInstance> Instances()
    {
        HashSet<InferType> served = [.. _pods.Values.Where(static pod => pod.Instance is { IsTerminating: false }).Select(static pod => pod.Instance!.InferType)];
        List<DiscoveredInstance> instances =
        [
            .. _pods.Values.Where(pod => pod.Instance is not null || (pod.Unready is { } unready && !served.Contains(unready.InferType)))
                .OrderByDescending(static pod => pod.Created)
                .ThenByDescending(static pod => pod.Sequence)
                .Select(static pod => pod.Instance ?? pod.Unready!)
                .DistinctBy(static instance => (instance.Host, instance.Port))
                .Reverse(),
        ];
        LastResorts = instances.Count(instance => !instance.IsTerminating && !served.Contains(instance.InferType));
        return instances;
    }

    private bool IsOld(Entry pod) => time.GetElapsedTime(pod.UnreadySince) >= options.LastResortTime;

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
        DiscoveredInstance? read = KubernetesPod.Read(pod, options.Port, out bool isReady, out DiscoverySkipReason? problem);
        // One that terminates goes on with what it has, also when its probes fail by then.
        DiscoveredInstance? instance = isReady || (read is { IsTerminating: true } && before?.Instance is not null) ? read : null;
        bool isUnready = instance is null && read is { IsTerminating: false } && (before?.Instance ?? before?.Unready) is not null;
        long unreadySince = before?.Unready is null ? time.GetTimestamp() : before.UnreadySince;
        if (problem is { } reason && problem != before?.Problem)
        {
            skips.Tell(name, reason);
        }

        // All times of creation are those of the server's one clock.
        return (uid, new Entry(
            instance, isUnready ? read : null, unreadySince, problem, pod.Metadata.CreationTimestamp, before?.Sequence ?? _sequence++));
    }

    /// <param name="Instance">The instance that the pod is; null when it takes no requests.</param>
    /// <param name="Unready">The instance that it was until it was no longer ready; null for none.</param>
    /// <param name="UnreadySince">When it was first seen not to be ready any more; without meaning when <paramref name="Unready"/> is null.</param>
    /// <param name="Problem">Why it cannot be used; null when it can.</param>
    /// <param name="Created">When it was created, by the server's clock.</param>
    /// <param name="Sequence">Grows from pod to pod, in the order in which they were first seen.</param>
    private sealed record Entry(
        DiscoveredInstance? Instance, DiscoveredInstance? Unready, long UnreadySince, DiscoverySkipReason? Problem, DateTime? Created, long Sequence);
}
