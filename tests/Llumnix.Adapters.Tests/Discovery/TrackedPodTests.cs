using Google.Protobuf;
using Llumnix.Adapters.Discovery;
using Llumnix.Testing.Discovery;

namespace Llumnix.Adapters.Tests.Discovery;

public sealed class TrackedPodTests
{
    [Fact]
    public void Update_SameBytes_IsNoChange()
    {
        byte[] value = PodMessages.Pod("a").ToByteArray();
        var pod = new TrackedPod("a");
        Assert.Equal((true, false), (pod.Update(value), pod.Update([.. value])));
        Assert.True(pod.Update([.. value, 0x88, 0x01, 0x01]));
    }
}
