using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Llumnix.Adapters.Options;

/// <summary>Gives keys that their mapping has already another name, since a tree of YAML cannot hold them; see <see cref="RepeatedKey"/>.</summary>
/// <param name="inner">The events of the text.</param>
internal sealed class UniqueKeysParser(IParser inner) : IParser
{
    private readonly Stack<Collection> _open = new();

    public ParsingEvent? Current { get; private set; }

    public bool MoveNext()
    {
        bool isMoved = inner.MoveNext();
        Current = isMoved && inner.Current is Scalar key && _open.TryPeek(out Collection? mapping) && mapping.IsKeyNext && !mapping.Keys.Add(key.Value)
            ? new Scalar(key.Anchor, key.Tag, RepeatedKey.Rename(key.Value, mapping.Passed), key.Style, key.IsPlainImplicit, key.IsQuotedImplicit, key.Start, key.End)
            : inner.Current;
        if (isMoved)
        {
            Follow(Current!);
        }

        return isMoved;
    }

    private void Follow(ParsingEvent parsed)
    {
        switch (parsed)
        {
            case MappingStart:
                _open.Push(new Collection { IsMapping = true });
                break;
            case SequenceStart:
                _open.Push(new Collection());
                break;
            case MappingEnd or SequenceEnd:
                _open.Pop();
                Pass();
                break;
            case NodeEvent:
                Pass();
                break;
        }
    }

    private void Pass()
    {
        if (_open.TryPeek(out Collection? collection))
        {
            collection.Passed++;
        }
    }

    /// <summary>A mapping or a list that has begun.</summary>
    private sealed class Collection
    {
        public bool IsMapping { get; init; }

        /// <summary>The number of keys, values or entries so far.</summary>
        public int Passed { get; set; }

        public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);

        /// <summary>Keys and values take turns.</summary>
        public bool IsKeyNext => IsMapping && Passed % 2 == 0;
    }
}
