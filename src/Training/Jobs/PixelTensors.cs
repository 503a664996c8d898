using System.Runtime.InteropServices;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>Makes tensors of pixels, the same numbers on every device.</summary>
/// <param name="preprocessor">The size of an image and the number of each byte.</param>
/// <param name="device">Where the tensors go.</param>
internal sealed class PixelTensors(IImagePreprocessor preprocessor, torch.Device device) : IDisposable
{
    private torch.Tensor? _values, _channels;

    /// <summary>The images that the tower reads.</summary>
    /// <param name="pixels">images × 3 × size × size bytes.</param>
    /// <param name="images">How many they are.</param>
    /// <returns>[images, 3, size, size], normalised.</returns>
    internal torch.Tensor Of(ReadOnlySpan<byte> pixels, int images) =>
        device.type == DeviceType.CPU ? Here(pixels, images) : There(pixels, images);

    /// <summary>
    /// Written into memory of libtorch's own: CPU libraries add up in another order where memory is aligned in another way, and an array of
    /// .NET's lies anywhere.
    /// </summary>
    private torch.Tensor Here(ReadOnlySpan<byte> pixels, int images)
    {
        var tensor = torch.empty(images, 3, preprocessor.Size, preprocessor.Size);
        preprocessor.Values.Read(pixels, MemoryMarshal.Cast<byte, float>(tensor.bytes), images);
        return tensor;
    }

    /// <summary>Copies the bytes to the device, a quarter of what numbers take, and looks the numbers up there.</summary>
    internal torch.Tensor There(ReadOnlySpan<byte> pixels, int images)
    {
        using var scope = torch.NewDisposeScope();
        _values ??= torch.tensor(preprocessor.Values.All.ToArray(), device: device).DetachFromDisposeScope();
        _channels ??= torch.tensor((int[])[0, PixelValues.OfByte, 2 * PixelValues.OfByte], device: device)
            .view(3, 1, 1).DetachFromDisposeScope();
        var bytes = torch.empty([images, 3, preprocessor.Size, preprocessor.Size], torch.ScalarType.Byte);
        pixels.CopyTo(bytes.bytes);
        var places = OwnMemory.Upload(bytes, device).to_type(torch.ScalarType.Int32).Plus(_channels);
        return _values.index_select(0, places.flatten()).view(places.shape).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _values?.Dispose();
        _channels?.Dispose();
    }
}
