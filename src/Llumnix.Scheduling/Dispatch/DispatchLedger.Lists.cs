using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Dispatch;

/// <summary>The ledger's storage: an entry stands in three lists, by request, by instance and by age.</summary>
internal sealed partial class DispatchLedger
{
    private int FirstOf(string requestId) => _firstOfRequest.TryGetValue(requestId, out int index) ? index : None;

    private int Allocate()
    {
        Count++;
        if (_free != None)
        {
            int index = _free;
            _free = _entries[index].NextOfRequest;
            return index;
        }

        if (_used == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        return _used++;
    }

    private void Recycle(int index)
    {
        _entries[index] = default;
        _entries[index].NextOfRequest = _free;
        _free = index;
        Count--;
    }

    private void Link(int index)
    {
        ref LedgerEntry entry = ref _entries[index];
        entry.NextOfRequest = FirstOf(entry.RequestId);
        _firstOfRequest[entry.RequestId] = index;

        FullModeInstance instance = entry.Instance;
        entry.PreviousOfInstance = None;
        entry.NextOfInstance = instance.FirstLedgerEntry;
        if (entry.NextOfInstance != None)
        {
            _entries[entry.NextOfInstance].PreviousOfInstance = index;
        }

        instance.FirstLedgerEntry = index;

        entry.Newer = None;
        entry.Older = _newest;
        SetNewer(entry.Older, index);
        _newest = index;
    }

    private void Unlink(int index)
    {
        ref LedgerEntry entry = ref _entries[index];
        UnlinkFromRequest(index, ref entry);

        if (entry.PreviousOfInstance == None)
        {
            entry.Instance.FirstLedgerEntry = entry.NextOfInstance;
        }
        else
        {
            _entries[entry.PreviousOfInstance].NextOfInstance = entry.NextOfInstance;
        }

        if (entry.NextOfInstance != None)
        {
            _entries[entry.NextOfInstance].PreviousOfInstance = entry.PreviousOfInstance;
        }

        SetNewer(entry.Older, entry.Newer);
        if (entry.Newer == None)
        {
            _newest = entry.Older;
        }
        else
        {
            _entries[entry.Newer].Older = entry.Older;
        }
    }

    private void UnlinkFromRequest(int index, ref LedgerEntry entry)
    {
        int first = _firstOfRequest[entry.RequestId];
        if (first != index)
        {
            while (_entries[first].NextOfRequest != index)
            {
                first = _entries[first].NextOfRequest;
            }

            _entries[first].NextOfRequest = entry.NextOfRequest;
        }
        else if (entry.NextOfRequest == None)
        {
            _firstOfRequest.Remove(entry.RequestId);
        }
        else
        {
            _firstOfRequest[entry.RequestId] = entry.NextOfRequest;
        }
    }

    private void SetNewer(int index, int newer)
    {
        if (index == None)
        {
            _oldest = newer;
        }
        else
        {
            _entries[index].Newer = newer;
        }
    }
}
