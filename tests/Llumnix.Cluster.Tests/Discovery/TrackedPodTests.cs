using Google.Protobuf;
using Llumnix.Cluster.Discovery;
using Llumnix.Testing.Discovery;

namespace Llumnix.Cluster.Tests.Discovery;

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
