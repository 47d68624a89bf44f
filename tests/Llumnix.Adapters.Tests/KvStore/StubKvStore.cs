using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Adapters.Tests.KvStore;

/// <summary>A KV store that holds what the test has put in, by key, and fails as the test says.</summary>
internal sealed class StubKvStore : Dictionary<string, string[]>, IKvMetadataService
{
    internal string? Error { get; set; }

    internal Exception? Unexpected { get; init; }

    internal bool AnswersOneLess { get; init; }

    internal bool Hangs { get; init; }

    internal List<IReadOnlyList<string>> Questions { get; } = [];

    public async Task<IReadOnlyList<IReadOnlyList<string>>> QueryAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        Questions.Add(keys);
        if (Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        if (Unexpected is not null)
        {
            throw Unexpected;
        }

        return Error is null
            ? [.. keys.Skip(AnswersOneLess ? 1 : 0).Select(key => (IReadOnlyList<string>)this.GetValueOrDefault(key, []))]
            : throw new KvMetadataException(Error);
    }
}
