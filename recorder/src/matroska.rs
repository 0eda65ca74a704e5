//! The stream of uncompressed frames that ffmpeg reads: Matroska, as much of it as carries one track with
//! the real time of each frame.
//!
//! Matroska (RFC 9559) in EBML (RFC 8794): an element is an identifier, a length and its content. The
//! segment's length is unknown while it is written, as in every live stream; a cluster holds one frame.

use gardefou::Millis;

const EBML: u32 = 0x1A45_DFA3;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const CLUSTER: u32 = 0x1F43_B675;

/// What stands before the first frame: a video of that many columns and rows, four bytes a pixel (blue,
/// green, red, nothing), times in ms.
pub(crate) fn header(width: u16, height: u16) -> Vec<u8> {
    let mut ebml = Vec::new();
    number(&mut ebml, 0x4286, 1); // EBMLVersion
    number(&mut ebml, 0x42F7, 1); // EBMLReadVersion
    number(&mut ebml, 0x42F2, 4); // EBMLMaxIDLength
    number(&mut ebml, 0x42F3, 8); // EBMLMaxSizeLength
    element(&mut ebml, 0x4282, b"matroska"); // DocType
    number(&mut ebml, 0x4287, 2); // DocTypeVersion
    number(&mut ebml, 0x4285, 2); // DocTypeReadVersion

    let mut info = Vec::new();
    number(&mut info, 0x2A_D7B1, 1_000_000); // TimestampScale: ms
    element(&mut info, 0x4D80, b"gardefou"); // MuxingApp
    element(&mut info, 0x5741, b"gardefou"); // WritingApp

    let mut video = Vec::new();
    number(&mut video, 0xB0, u64::from(width)); // PixelWidth
    number(&mut video, 0xBA, u64::from(height)); // PixelHeight
    element(&mut video, 0x2E_B524, b"BGR\0"); // UncompressedFourCC

    let mut entry = Vec::new();
    number(&mut entry, 0xD7, 1); // TrackNumber
    number(&mut entry, 0x73C5, 1); // TrackUID
    number(&mut entry, 0x83, 1); // TrackType: video
    number(&mut entry, 0x9C, 0); // FlagLacing
    element(&mut entry, 0x86, b"V_UNCOMPRESSED"); // CodecID
    element(&mut entry, 0xE0, &video); // Video
    let mut tracks = Vec::new();
    element(&mut tracks, 0xAE, &entry); // TrackEntry

    let mut out = Vec::new();
    element(&mut out, EBML, &ebml);
    identifier(&mut out, SEGMENT);
    out.extend_from_slice(&[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]); // of unknown length
    element(&mut out, INFO, &info);
    element(&mut out, TRACKS, &tracks);
    out
}

/// What stands before the pixels of a frame that is shown from `at` on, in ms from the video's start.
pub(crate) fn before_frame(at: Millis, bytes: usize) -> Vec<u8> {
    // A block begins with the track's number, its time after the cluster's, and its flags: a key frame.
    const BLOCK: [u8; 4] = [0x81, 0, 0, 0x80];
    let block = BLOCK.len().saturating_add(bytes);
    let mut inside = Vec::new();
    number(&mut inside, 0xE7, at); // Timestamp
    identifier(&mut inside, 0xA3); // SimpleBlock
    length(&mut inside, block);
    let mut out = Vec::new();
    identifier(&mut out, CLUSTER);
    length(&mut out, inside.len().saturating_add(block));
    out.extend_from_slice(&inside);
    out.extend_from_slice(&BLOCK);
    out
}

fn element(out: &mut Vec<u8>, id: u32, content: &[u8]) {
    identifier(out, id);
    length(out, content.len());
    out.extend_from_slice(content);
}

fn number(out: &mut Vec<u8>, id: u32, value: u64) {
    element(out, id, &value.to_be_bytes());
}

/// An identifier carries its own length: it is written without leading zeros.
fn identifier(out: &mut Vec<u8>, id: u32) {
    out.extend(id.to_be_bytes().into_iter().skip_while(|byte| *byte == 0));
}

/// A length in eight bytes, of which the first bit to be set says so: up to 2^56 - 2, which no frame has.
fn length(out: &mut Vec<u8>, bytes: usize) {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX) & 0x00FF_FFFF_FFFF_FFFF;
    out.extend_from_slice(&(bytes | 0x0100_0000_0000_0000).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_its_identifier_its_length_and_its_content() {
        let mut out = Vec::new();
        element(&mut out, 0x4D80, b"ab");
        assert_eq!(out, [0x4D, 0x80, 1, 0, 0, 0, 0, 0, 0, 2, b'a', b'b']);
    }

    #[test]
    fn a_cluster_is_as_long_as_it_says() {
        let start = before_frame(1_234, 100);
        let said = u64::from_be_bytes(start[4..12].try_into().unwrap()) & !0x0100_0000_0000_0000;
        assert_eq!(u64::try_from(start.len()).unwrap() - 12 + 100, said);
    }
}
