using System.Text.Json;

namespace Llumnix.Gateway.Requests;

/// <summary>
/// A body with some members of its JSON object replaced, added or taken out. What is not touched stays byte for byte and is not copied:
/// the result is a list of pieces of the body and of new texts. Not safe for concurrent use; the body must outlive it.
/// </summary>
/// <param name="body">The whole body.</param>
/// <param name="fields">Where its members are; null for a body that is not JSON, which cannot be changed.</param>
public sealed class BodyPatch(ReadOnlyMemory<byte> body, RequestFields? fields)
{
    private readonly List<Edit> _edits = [];
    private readonly List<byte[]> _added = [];
    private readonly List<byte[]> _removed = [];

    /// <summary>Puts a value in the place of a member's, or adds the member when there is none.</summary>
    /// <param name="member">Where the member is; not present when there is none. No two edits may overlap.</param>
    /// <param name="name">The member's name, without anything that JSON escapes.</param>
    /// <param name="value">The value as JSON.</param>
    /// <exception cref="InvalidOperationException">The body is not JSON.</exception>
    public void Set(JsonMember member, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (member.IsPresent)
        {
            _edits.Add(new Edit(member.ValueStart, member.ValueEnd, value.ToArray()));
            return;
        }

        ThrowUnlessJson();
        _added.Insert(0, [(byte)'"', .. name, (byte)'"', (byte)':', .. value]);
    }

    /// <summary>Takes out every member of a name, however often it comes and however its name is escaped.</summary>
    /// <param name="name">The name. It must not be set in its place too.</param>
    /// <exception cref="InvalidOperationException">The body is not JSON.</exception>
    public void Remove(ReadOnlySpan<byte> name)
    {
        ThrowUnlessJson();
        _removed.Add(name.ToArray());
    }

    /// <summary>Makes a member the only one of its name, at the front of the object.</summary>
    /// <param name="name">The member's name, without anything that JSON escapes.</param>
    /// <param name="value">The value as JSON.</param>
    /// <exception cref="InvalidOperationException">The body is not JSON.</exception>
    public void Put(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Remove(name);
        Set(default, name, value);
    }

    /// <summary>The body in pieces, in order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces()
    {
        if (_edits.Count + _added.Count + _removed.Count == 0)
        {
            return [body];
        }

        List<Edit> edits = AllEdits();
        var pieces = new List<ReadOnlyMemory<byte>>((2 * edits.Count) + 1);
        int from = 0;
        // The order is stable: what is added stands before a first member that is taken out.
        foreach (Edit edit in edits.OrderBy(static edit => edit.Start))
        {
            pieces.Add(body[from..edit.Start]);
            pieces.Add(edit.Text);
            from = edit.End;
        }

        pieces.Add(body[from..]);
        return pieces;
    }

    private List<Edit> AllEdits()
    {
        var removals = new List<Edit>();
        bool hasOthers = _removed.Count == 0 ? fields is { IsEmpty: false } : FindRemovals(removals);
        var edits = new List<Edit>(_edits.Count + removals.Count + 1);
        if (_added.Count > 0)
        {
            int start = fields!.ObjectStart;
            edits.Add(new Edit(start, start, JoinAdded(hasOthers)));
        }

        edits.AddRange(_edits);
        edits.AddRange(removals);
        return edits;
    }

    private byte[] JoinAdded(bool hasOthers)
    {
        using var text = new MemoryStream();
        for (int i = 0; i < _added.Count; i++)
        {
            text.Write(_added[i]);
            if (hasOthers || i < _added.Count - 1)
            {
                text.WriteByte((byte)',');
            }
        }

        return text.ToArray();
    }

    /// <summary>A member goes with the comma before it; where no member stays before it, with the comma after it.</summary>
    /// <returns>Whether a member stays.</returns>
    private bool FindRemovals(List<Edit> removals)
    {
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = RequestFields.MaxDepth });
        reader.Read();
        bool hasKept = false;
        int leadingStart = -1;
        int lastEnd = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int nameStart = (int)reader.TokenStartIndex;
            bool isRemoved = IsRemoved(ref reader);
            reader.Read();
            reader.Skip();
            int end = (int)reader.BytesConsumed;
            if (hasKept && isRemoved)
            {
                removals.Add(new Edit(lastEnd, end, []));
            }
            else if (isRemoved)
            {
                leadingStart = leadingStart < 0 ? nameStart : leadingStart;
            }
            else if (!hasKept)
            {
                hasKept = true;
                AddLeading(nameStart);
            }

            lastEnd = end;
        }

        if (!hasKept)
        {
            AddLeading(lastEnd);
        }

        return hasKept;

        void AddLeading(int end)
        {
            if (leadingStart >= 0)
            {
                removals.Add(new Edit(leadingStart, end, []));
            }
        }
    }

    private bool IsRemoved(ref Utf8JsonReader reader)
    {
        foreach (byte[] name in _removed)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    private void ThrowUnlessJson()
    {
        if (fields is null)
        {
            throw new InvalidOperationException("The body is not JSON.");
        }
    }

    private readonly record struct Edit(int Start, int End, byte[] Text);
}
