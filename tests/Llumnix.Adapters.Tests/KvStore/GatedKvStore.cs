using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Adapters.Tests.KvStore;

/// <summary>A KV store in which one host holds everything; questions are answered when the test says so.</summary>
internal sealed class GatedKvStore : IKvMetadataService
{
    private readonly Lock _lock = new();

    internal List<(IReadOnlyList<string> Keys, TaskCompletionSource<IReadOnlyList<IReadOnlyList<string>>> Answer)> UnderWay { get; } = [];

    internal int Most { get; private set; }

    public async Task<IReadOnlyList<IReadOnlyList<string>>> QueryAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<IReadOnlyList<IReadOnlyList<string>>>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            UnderWay.Add((keys, answer));
            Most = Math.Max(Most, UnderWay.Count);
        }

        return await answer.Task.WaitAsync(cancellationToken);
    }

    internal void AnswerAll() => EndAll(static (keys, answer) => answer.SetResult([.. keys.Select(static _ => (IReadOnlyList<string>)["a"])]));

    internal void FailAll() => EndAll(static (_, answer) => answer.SetException(new KvMetadataException("no")));

    private void EndAll(Action<IReadOnlyList<string>, TaskCompletionSource<IReadOnlyList<IReadOnlyList<string>>>> end)
    {
        lock (_lock)
        {
            UnderWay.ForEach(question => end(question.Keys, question.Answer));
            UnderWay.Clear();
        }
    }
}
