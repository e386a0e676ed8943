using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Matrix;

public sealed class UnderNftablesTests(MatrixWorld world) : CaptureMatrix(world, CaptureBackend.Nftables), IClassFixture<MatrixWorld>;
