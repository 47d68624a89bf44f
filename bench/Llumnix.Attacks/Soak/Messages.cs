namespace Llumnix.Attacks.Soak;

/// <summary>
/// Messages under way from gateways: some get lost, some come twice, and they come in any order. Bounded: more than that are not under way.
/// </summary>
internal sealed class Messages<TMessage>(Random random, int capacity)
{
    private readonly List<TMessage> _underWay = new(capacity);

    /// <summary>Sends one; it may be lost, or take the place of another that is then lost.</summary>
    internal void Send(TMessage message)
    {
        if (random.Next(20) == 0)
        {
            return;
        }

        if (_underWay.Count < capacity)
        {
            _underWay.Add(message);
        }
        else
        {
            _underWay[random.Next(capacity)] = message;
        }
    }

    /// <summary>Any of those under way; it may stay and come again.</summary>
    /// <returns>False when none is under way.</returns>
    internal bool TryReceive(out TMessage message)
    {
        message = default!;
        if (_underWay.Count == 0)
        {
            return false;
        }

        int index = random.Next(_underWay.Count);
        message = _underWay[index];
        if (random.Next(10) > 0)
        {
            _underWay[index] = _underWay[^1];
            _underWay.RemoveAt(_underWay.Count - 1);
        }

        return true;
    }
}
