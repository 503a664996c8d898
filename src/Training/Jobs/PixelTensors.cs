using System.Runtime.InteropServices;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>Converts pixel bytes into tensors, with the same values on every device.</summary>
/// <param name="preprocessor">The preprocessor, which defines the image size and the value of each byte.</param>
/// <param name="device">The device of the tensors.</param>
internal sealed class PixelTensors(IImagePreprocessor preprocessor, torch.Device device) : IDisposable
{
    private torch.Tensor? _values, _channels;

    /// <summary>Returns images as input for the image tower.</summary>
    /// <param name="pixels">The pixels, images × 3 × size × size bytes.</param>
    /// <param name="images">The number of images.</param>
    /// <returns>The images, [images, 3, size, size], normalised.</returns>
    internal torch.Tensor Of(ReadOnlySpan<byte> pixels, int images) =>
        device.type == DeviceType.CPU ? Here(pixels, images) : There(pixels, images);

    /// <summary>
    /// Creates the tensor on the CPU, in memory that libtorch allocated. The order in which CPU libraries sum depends on the alignment of
    /// the memory, and a .NET array can start at any address.
    /// </summary>
    private torch.Tensor Here(ReadOnlySpan<byte> pixels, int images)
    {
        var tensor = torch.empty(images, 3, preprocessor.Size, preprocessor.Size);
        preprocessor.Values.Read(pixels, MemoryMarshal.Cast<byte, float>(tensor.bytes), images);
        return tensor;
    }

    /// <summary>Copies the bytes to the device and looks up the values there. The bytes are a quarter of the values' size.</summary>
    internal torch.Tensor There(ReadOnlySpan<byte> pixels, int images)
    {
        using var scope = torch.NewDisposeScope();
        _values ??= torch.tensor(preprocessor.Values.All.ToArray(), device: device).DetachFromDisposeScope();
        _channels ??= torch.tensor((int[])[0, PixelValues.OfByte, 2 * PixelValues.OfByte], device: device)
            .view(3, 1, 1).DetachFromDisposeScope();
        var bytes = torch.empty([images, 3, preprocessor.Size, preprocessor.Size], torch.ScalarType.Byte);
        pixels.CopyTo(bytes.bytes);
        var places = NativeTensors.Upload(bytes, device).to_type(torch.ScalarType.Int32).Plus(_channels);
        return _values.index_select(0, places.flatten()).view(places.shape).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _values?.Dispose();
        _channels?.Dispose();
    }
}
