using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Llumnix.Adapters.Options;

/// <summary>Leaves out the keys that their mapping has already, and their values: a tree of YAML cannot hold them. The first of a name counts.</summary>
/// <param name="inner">The events of the text.</param>
/// <param name="repeated">Takes what is left out.</param>
internal sealed class UniqueKeysParser(IParser inner, ICollection<RepeatedKey> repeated) : IParser
{
    private readonly Stack<Collection> _open = new();

    public ParsingEvent? Current => inner.Current;

    public bool MoveNext()
    {
        bool isMoved = inner.MoveNext();
        while (isMoved && inner.Current is Scalar key && _open.TryPeek(out Collection? mapping) && mapping.IsKeyNext && !mapping.Keys.Add(key.Value))
        {
            repeated.Add(new RepeatedKey(mapping.Below(key.Value), key.Start.Line));
            SkipValue();
            isMoved = inner.MoveNext();
        }

        if (isMoved)
        {
            Follow(inner.Current!);
        }

        return isMoved;
    }

    private void SkipValue()
    {
        int depth = 0;
        do
        {
            if (!inner.MoveNext())
            {
                return;
            }

            depth += inner.Current!.NestingIncrease;
        }
        while (depth > 0);
    }

    private void Follow(ParsingEvent parsed)
    {
        switch (parsed)
        {
            case MappingStart:
                _open.Push(new Collection(Path(), isMapping: true));
                break;
            case SequenceStart:
                _open.Push(new Collection(Path(), isMapping: false));
                break;
            case MappingEnd or SequenceEnd:
                _open.Pop();
                Enclosing()?.Pass("");
                break;
            case NodeEvent node:
                Enclosing()?.Pass((node as Scalar)?.Value ?? "");
                break;
        }
    }

    private Collection? Enclosing() => _open.TryPeek(out Collection? collection) ? collection : null;

    private string Path() => Enclosing()?.PathOfNext ?? "";

    /// <summary>A mapping or a list that has begun.</summary>
    private sealed class Collection(string path, bool isMapping)
    {
        private string _key = "";
        private int _passed;

        public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);

        /// <summary>Keys and values take turns.</summary>
        public bool IsKeyNext => isMapping && _passed % 2 == 0;

        public string PathOfNext => isMapping ? Below(_key) : FormattableString.Invariant($"{path}[{_passed}]");

        public string Below(string key) => path.Length == 0 ? key : $"{path}.{key}";

        public void Pass(string scalar)
        {
            _key = IsKeyNext ? scalar : "";
            _passed++;
        }
    }
}
