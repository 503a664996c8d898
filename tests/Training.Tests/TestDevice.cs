using System.Runtime.CompilerServices;
using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Training.Tests;

/// <summary>Where golden cases run: the device that ADAPTCLUSTER_TEST_DEVICE names, else the CPU.</summary>
internal static class TestDevice
{
    private const string Variable = "ADAPTCLUSTER_TEST_DEVICE";

    private static string Name => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? name : "cpu";

    /// <summary>The device; one that is not there fails the test that asks for it.</summary>
    internal static torch.Device Here => TorchDevice.Named(Name, Variable);

    /// <summary>Loads the libtorch that the environment names, before any test uses TorchSharp.</summary>
    [ModuleInitializer]
    internal static void LoadLibtorch() => LibtorchLoader.Load(LibtorchChoice.FromEnvironment(gpu: Name == "cuda"));
}
